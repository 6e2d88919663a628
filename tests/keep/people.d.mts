/** What people.mjs gives to tests that are written in TypeScript. */
export const PASSWORD: string;
export const ROOM: string;
