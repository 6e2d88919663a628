import { i18n } from '@lingui/core';
import type { PartProps } from './SettingsScreen';
import { StatusForm } from './StatusForm';

export function StatusSettings({ me }: PartProps) {
  return (
    <>
      <p className="settings-lead">{i18n.t('What you are up to, beside your name wherever it stands.')}</p>
      <StatusForm me={me} />
    </>
  );
}
