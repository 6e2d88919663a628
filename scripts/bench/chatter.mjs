// Writes messages as people of several languages write them, as rows for COPY into chat.events: room, seq, n, type,
// sender, ts, body. The same seed gives the same rows. Words follow Zipf's law; most of them are rare.
import { once } from 'node:events';

const [messages = 1_000_000, rooms = 1_000, people = 500] = process.argv.slice(2).map(Number);
const DAYS = 730;
const END_MS = Date.UTC(2026, 5, 1);

/** A small, good generator (mulberry32): the rows must not depend on Node's version. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = generator(20261);
const pick = (list) => list[Math.floor(random() * list.length)];

const LATIN = {
  en: {
    common: 'the to and a of in is it that for you we on this with be have are not at as but can will do if or so from by was an all me what there when would one just they about out up your get like our more no now how time some think could then need people see know make go work good also here been after use only new any other than should before where back still want did does first thing because really into right which very them has team meeting today tomorrow week release test build server deploy database branch review issue fix update thanks please look send call next plan customer project budget report monday friday office lunch coffee'.split(' '),
    syllables: 'con ter pro gram ing tion er al ment in de re com pu ver sion ta ble net work sys tem ser vice cli ent log ic par ley mes sage chan nel sto rage que ry in dex mar ket ly ness ful ship port cast line mod ule frame path'.split(' '),
  },
  de: {
    common: 'der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde wir heute morgen woche bitte danke termin besprechung rechnung kunde fehler lösung prüfung straße größe schön können müssen gut frage antwort bericht entwurf büro'.split(' '),
    syllables: 'ver ge be ent schaft ung keit lich haus bau werk zeug stand rech nung ar beit ge ber kun den dienst lei tung über sicht bahn hof fens ter tür schlüs sel wort schatz'.split(' '),
  },
  fr: {
    common: 'de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec ou son cette comme mais nous vous on être fait bien aujourd’hui demain réunion équipe merci problème déjà très après même où voilà réponse café projet'.split(' '),
    syllables: 'con tre par tie mo ment ré u ni on tra vail ler é qui pe dé ve lop pe ment a chat cli ent fac tu re bu reau'.split(' '),
  },
  es: {
    common: 'de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin sobre este ya entre cuando todo esta ser son también mañana hoy reunión equipo gracias problema después aquí año niño'.split(' '),
    syllables: 'con tra ba jo ción ma ni fes ta pro ble mas des a rro llo en tre vis ta fac tu ra co rre o'.split(' '),
  },
};
const CJK = {
  zh: '的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴',
  ja: 'のにはをたがでてとしれさいるなこもかよりくまんうおあ日本人年大出来見行会社時分前後新東京電話仕事今明昨週間部長課題会議資料確認お願致申上手入学生先休連絡場所開始終了報告検索機能更新表示設定変更追加削除画面利用者登録情報管理システムサーバーデータテストエラーメール',
  ko: '이가을를은는에서의로와과도한하고다지만그나우리회의오늘내일확인부탁드립니다감사합니다문제해결서버배포테스트일정자료공유완료검색기능추가수정삭제화면사용자정보관리시간장소연락개발업데이트메시지방송팀프로젝트',
};
const ASTRAL = ['🎉', '👍', '😀', '🚀', '🙏', '🔥'];

/** Draws a rank by Zipf's law with exponent about 1 over n words. */
const zipf = (n) => Math.min(n - 1, Math.floor(Math.exp(random() * Math.log(n + 1)) - 1));

const VOCABULARY = 40_000;
function vocabulary({ common, syllables }) {
  const words = [...common];
  const seen = new Set(words);
  while (words.length < VOCABULARY) {
    let word = '';
    for (let n = 2 + Math.floor(random() * 3); n > 0; n--) word += pick(syllables);
    if (seen.has(word)) word += pick(syllables);
    if (!seen.has(word)) words.push(word);
    seen.add(word);
  }
  return words;
}
const latin = Object.fromEntries(Object.entries(LATIN).map(([name, parts]) => [name, vocabulary(parts)]));
const cjk = Object.fromEntries(
  Object.entries(CJK).map(([name, text]) => {
    const chars = [...text];
    // Words of one to four characters; the frequent ones are short, as in the languages themselves.
    const words = Array.from({ length: 20_000 }, (_, rank) => {
      const length = rank < 60 ? 1 : rank < 4_000 ? 2 : 2 + Math.floor(random() * 3);
      return Array.from({ length }, () => pick(chars)).join('');
    });
    return [name, words];
  }),
);
const SHARES = [['en', 0.5], ['de', 0.15], ['fr', 0.07], ['es', 0.08], ['zh', 0.08], ['ja', 0.07], ['ko', 0.05]];

function language() {
  let left = random();
  for (const [name, share] of SHARES) {
    left -= share;
    if (left < 0) return name;
  }
  return 'en';
}

/** Lengths as in chats: most are short, a few are long. */
const length = () => Math.max(1, Math.round(Math.exp(1.9 + 0.8 * (random() + random() + random() - 1.5))));

function sentence() {
  const name = language();
  const words = latin[name];
  if (words === undefined) {
    let text = '';
    for (let n = length(); n > 0; n--) text += pick_zipf(cjk[name]);
    return text + pick(['。', '', '！', '？']);
  }
  const out = [];
  for (let n = length() + 2; n > 0; n--) out.push(pick_zipf(words));
  out[0] = out[0][0].toUpperCase() + out[0].slice(1);
  return out.join(' ') + pick(['.', '', '?', '!', '']);
}
const pick_zipf = (words) => words[zipf(words.length)];

function body(at) {
  let text = sentence();
  const extra = random();
  if (extra < 0.04) text += ` https://example.org/${pick(latin.en)}/${at}`;
  else if (extra < 0.06) text += `\n\`\`\`\nlet ${pick(latin.en)} = ${at};\n\`\`\``;
  else if (extra < 0.12) text += ` ${pick(ASTRAL)}`;
  // What a query for something rare looks for.
  if (at % 100_003 === 77) text += ' quetzalcoatl';
  if (at % 90_001 === 50) text += ' 鳳凰';
  return text;
}

const escape = (text) => text.replace(/[\\\n\t\r]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' })[c]);

const seqs = new Array(rooms).fill(0);
let chunk = [];
for (let at = 0; at < messages; at++) {
  // Rooms differ in size as words do, but none has all.
  const room = random() < 0.5 ? zipf(rooms) : Math.floor(random() * rooms);
  const seq = ++seqs[room];
  const ts = new Date(END_MS - DAYS * 86_400_000 * (1 - at / messages)).toISOString();
  chunk.push(`${room + 1}\t${seq}\t${seq}\tmessage\t${1 + zipf(people)}\t${ts}\t${escape(body(at))}\n`);
  if (chunk.length === 5_000 || at === messages - 1) {
    if (!process.stdout.write(chunk.join(''))) await once(process.stdout, 'drain');
    chunk = [];
  }
}
