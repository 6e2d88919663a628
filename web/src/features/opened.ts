/** What opens by a press, of the first screen: one file, fetched when that is there and nothing else is to be done. */

export { LeaveQuestion } from './members/LeaveRoom';
export { AddPerson, MembersPanel } from './members/MembersPanel';
export { AboutPerson } from './people/AboutPerson';
export { RoomActs } from './rooms/RoomActs';
export { DayJump } from './search/DayJump';
export { AccountCard } from './settings/AccountCard';
export { AccountSheets } from './settings/AccountSheets';
export { EditBox } from './timeline/EditBox';
export { Failed } from './timeline/Failed';
export { MessageLayer } from './timeline/MessageLayer';
