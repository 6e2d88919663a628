DROP TABLE chat.backed_up;
