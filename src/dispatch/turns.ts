// The waiting runs of one lane: its users take turns, and among the runs of one user priority and then age decide.
import { WaitingList } from './waiting-list.js';

/** What a waiting item says of its place; `group` null: the definition has no limit. */
interface Waiting {
  readonly place: { readonly user: number; readonly group: string | null; readonly priority: number };
}

type Lists<Item extends Waiting> = Map<string | null, WaitingList<Item>>;

/** What may start now. */
export interface Room<Item extends Waiting> {
  ofUser(user: number): boolean;
  ofGroup(place: Item['place']): boolean;
}

export class Turns<Item extends Waiting> {
  /** The users that wait, in the order of their turns. */
  private readonly users = new Map<number, Lists<Item>>();
  size = 0;

  add(item: Item): void {
    const { user, group, priority } = item.place;
    const lists: Lists<Item> = this.users.get(user) ?? new Map();
    const list = lists.get(group) ?? new WaitingList<Item>();
    list.add(item, priority);
    lists.set(group, list);
    this.users.set(user, lists);
    this.size++;
  }

  remove(item: Item): void {
    const { user, group } = item.place;
    const lists = this.users.get(user);
    const list = lists?.get(group);
    if (!lists || !list) return;
    list.remove(item);
    this.size--;
    this.drop(user, lists, group);
  }

  /** The next one that may start; it stays. */
  first(room: Room<Item>): Item | undefined {
    for (const [user, lists] of this.users) {
      const item = room.ofUser(user) ? firstOf(lists, room)?.first : undefined;
      if (item) return item;
    }
    return undefined;
  }

  /** Takes the next one that may start; its user has the last turn from now on. */
  take(room: Room<Item>): Item | undefined {
    const item = this.first(room);
    if (!item) return undefined;
    const { user } = item.place;
    const lists = this.users.get(user)!;
    this.users.delete(user);
    this.users.set(user, lists);
    this.remove(item);
    return item;
  }

  private drop(user: number, lists: Lists<Item>, group: string | null): void {
    if (lists.get(group)?.size === 0) lists.delete(group);
    if (lists.size === 0) this.users.delete(user);
  }
}

/** Of the groups below their limits, the one whose first run comes first. */
function firstOf<Item extends Waiting>(lists: Lists<Item>, room: Room<Item>): WaitingList<Item> | undefined {
  let best: WaitingList<Item> | undefined;
  for (const list of lists.values()) {
    const { first } = list;
    if (first && room.ofGroup(first.place) && (!best || list.precedes(best))) best = list;
  }
  return best;
}
