import { i18n } from '@lingui/core';
import { fillable } from '@/lib/fill';

// Tests read English.
i18n.setMessagesCompiler(fillable);
i18n.loadAndActivate({ locale: 'en', messages: {} });
