-- Back to an empty database.
DROP SCHEMA chat CASCADE;
DROP SCHEMA auth CASCADE;
DROP OWNED BY parley_auth, parley_msg;
DROP ROLE parley_auth;
DROP ROLE parley_msg;
