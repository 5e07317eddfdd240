// What the bench `growth` asks: every kind of list and look-up, of an admin and of a user; `off` marks what runs outside the server's own thread.
import { idOf, nameOf } from './growth-rows.mjs';

const definitions = '/api/process_definition/';
const runs = '/api/run/';
const dayMs = 86_400_000;

/** `of` gives the path for a number of rows. */
export function casesFor({ untilMs }) {
  const iso = (daysAgo) => new Date(untilMs - daysAgo * dayMs).toISOString();
  const middle = (rows) => rows >> 1;
  const list = (query) => () => `${definitions}?${query}`;
  const runList = (query) => () => `${runs}?${query}`;
  const flat = {
    'detail by id': (rows) => `${definitions}${middle(rows)}/`,
    'detail by name': (rows) => `${definitions}${nameOf(middle(rows))}/`,
    'first page': list(''),
    'last page': (rows) => `${definitions}?offset=${rows - 20}`,
    'name=': (rows) => `${definitions}?name=${nameOf(middle(rows))}`,
    'name__startswith=, ten': (rows) => `${definitions}?name__startswith=${nameOf(middle(rows)).slice(0, -1)}`,
    'exec=': list('exec=/usr/bin/tr'),
    'exec__in=': list('exec__in=/usr/bin/tr,/bin/cat'),
    'application=': list('application=host'),
    'process_type=': list('process_type=single'),
    'order_by=name': list('order_by=name'),
    'order_by=-name': list('order_by=-name'),
    'order_by=-exec': list('order_by=-exec'),
    'runs, first page': runList(''),
    'runs, last page': (rows) => `${runs}?offset=${rows - 20}`,
    'runs, after=': (rows) => `${runs}?after=${idOf(middle(rows), Math.round(untilMs - 14.5 * dayMs))}`,
    'state=': runList('state=finished'),
    'end_reason=': runList('end_reason=signal'),
    'created_at__gte=': runList(`created_at__gte=${iso(20)}`),
    'created_at__lte=': runList(`created_at__lte=${iso(10)}`),
    'created_at__range=, an hour': runList(`created_at__range=${iso(10)},${iso(10 - 1 / 24)}`),
    'definition=': runList('definition=10'),
    'owner=': runList('owner=admin'),
  };
  const off = {
    'middle page': (rows) => `${definitions}?offset=${middle(rows)}`,
    'name__contains=': list('name__contains=0500'),
    'name__startswith=, all': list('name__startswith=def'),
    'exec= and application=': list('exec=/usr/bin/tr&application=host'),
    'runs, middle page': (rows) => `${runs}?offset=${middle(rows)}`,
    'state= and definition=': runList('state=finished&definition=10'),
  };
  const users = [
    'first page',
    'exec=',
    'order_by=-name',
    'order_by=-exec',
    'runs, first page',
    'state=',
    'end_reason=',
    'created_at__range=, an hour',
    'definition=',
  ];
  return [
    ...Object.entries(flat).map(([name, of]) => ({ name, of })),
    ...users.map((name) => ({ name: `${name}, of a user`, of: flat[name], isUser: true })),
    ...Object.entries(off).map(([name, of]) => ({ name, of, off: true })),
  ];
}
