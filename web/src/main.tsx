import 'bootstrap/dist/css/bootstrap.min.css';
import './styles/tokens.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/timeline.css';
import './styles/messages.css';
import './styles/floating.css';
import './styles/threads.css';
import './styles/text.css';
import './styles/composer.css';
import './styles/sheets.css';
import './styles/rooms.css';
import './styles/looks.css';
import './styles/sizes.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { makeAuth, openCache } from './app/make';
import { painted } from './lib/soon';
import { watchAttention } from './state/attention';
import { watchClockFormat } from './state/clock_format';
import { AuthContext } from './state/context';
import { startLanguage } from './state/language';
import { watchLooks } from './state/looks';
import { watchTheme } from './state/theme';

watchTheme();
watchLooks();
watchAttention();
watchClockFormat();
// What it takes to paint an accent comes behind the first look, for which public/theme.js has painted the one of the last
// visit. Where it cannot be fetched that one stays.
painted()
  .then(() => import('./state/accent'))
  .then(
    ({ watchAccent }) => watchAccent(),
    () => {},
  );
const auth = makeAuth();
void auth.start();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
const tree = createRoot(root);
void Promise.all([startLanguage(), openCache(auth)]).then(() =>
  tree.render(
    <AuthContext value={auth}>
      <App />
    </AuthContext>,
  ),
);
