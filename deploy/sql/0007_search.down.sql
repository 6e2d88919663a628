-- Back to 0006: nothing can be searched; no message is lost by it.
DROP TABLE chat.search, chat.search_rooms, chat.search_recipe;
