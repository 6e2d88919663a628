/** What is reached by Tab. */
export const REACHABLE = 'a[href], button, input, select, textarea, [tabindex="0"]';

export function isReachable(element: HTMLElement): boolean {
  return (
    element.tabIndex >= 0 &&
    !element.matches(':disabled, [inert] *') &&
    element.checkVisibility({ visibilityProperty: true })
  );
}
