// A notification of the browser when a run has ended while one looks elsewhere.
import { toast } from '../../parts/toasts.js';

/** Asks for the permission only now that it is wanted. */
export async function askToNotify(): Promise<boolean> {
  if (typeof Notification === 'undefined') toast('This browser shows no notifications here: they need HTTPS.');
  else if ((await Notification.requestPermission()) === 'granted') return true;
  else toast('The browser does not allow notifications of this page.');
  return false;
}

export function notify(title: string, body: string): void {
  if (document.visibilityState === 'visible') return;
  const notification = new Notification(title, { body });
  notification.onclick = () => {
    focus();
    notification.close();
  };
}
