import { late } from '@/lib/late';

const ChangePassword = late(async () => (await import('./ChangePassword')).ChangePassword);
const Logins = late(async () => (await import('./Logins')).Logins);
const SetStatus = late(async () => (await import('./SetStatus')).SetStatus);

export type AccountSheet = 'password' | 'logins' | 'status';

/** What opens from the account card, in its place. */
export function AccountSheets({ sheet, onClose }: { sheet: AccountSheet; onClose: () => void }) {
  switch (sheet) {
    case 'status':
      return <SetStatus onClose={onClose} />;
    case 'logins':
      return <Logins onClose={onClose} />;
    case 'password':
      return <ChangePassword onClose={onClose} />;
  }
}
