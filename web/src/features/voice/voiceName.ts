/** What is recorded here is called by its time; isVoice() knows it by that. */
export function voiceName(at_ms: number, type: string): string {
  const at = new Date(at_ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  return `Voice message ${day} ${time}.${type === 'audio/mp4' ? 'm4a' : (type.split('/')[1] ?? 'bin')}`;
}
