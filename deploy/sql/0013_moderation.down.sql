-- Back to the version before: admins, settings of the server, reports and the audit are forgotten; what was done stays done.
DROP TABLE chat.tallied, chat.day_people, chat.days;
DROP INDEX chat.events_audit_actor, chat.events_audit_room, chat.events_audit;
DROP TABLE chat.audit, chat.reports;
DROP VIEW auth.everybody, auth.room_making, auth.admins;
DROP TABLE auth.audit, auth.invites, auth.settings;
DROP INDEX auth.users_admin;
ALTER TABLE auth.users DROP COLUMN admin;
