/** What is shown of this feature only when somebody asks for it: one script for all of it. */

export { SendLater } from '../composer/SendLater';
export { ForwardDialog } from './ForwardDialog';
export { LaterScreen } from './LaterScreen';
export { Reminders } from './Reminders';
export { SeenBy } from './SeenBy';
export { TimeMenu } from './TimeMenu';
