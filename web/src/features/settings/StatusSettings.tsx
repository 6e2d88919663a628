import type { PartProps } from './SettingsScreen';
import { StatusForm } from './StatusForm';

export function StatusSettings({ me }: PartProps) {
  return (
    <>
      <p className="settings-lead">What you are up to, beside your name wherever it stands.</p>
      <StatusForm me={me} />
    </>
  );
}
