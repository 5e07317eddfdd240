// The programs that stay up and take many messages: which run, since when, and how often they had to be started again.
import { useEffect } from 'preact/hooks';
import { isAdmin, useWho } from '../../frame/who.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { useResource } from '../../parts/resource.js';
import { href } from '../../router.js';
import { ServiceRow } from './service-row.js';
import { readServices } from './services.js';
import './services.css';

export function ServicesView() {
  const who = useWho();
  const owner = isAdmin(who) ? null : who.user.username;
  const services = useResource(
    'services',
    (signal) => readServices(owner, signal),
    ({ type }) => /^(service|definition)\.|^run\.(queued|started|stopping|finished|removed)/.test(type),
  );
  useEffect(() => {
    document.title = 'Services · procreg';
  }, []);
  return (
    <>
      <div class="view-head">
        <h1>Services</h1>
      </div>
      <Loaded resource={services}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No services yet">
              <p class="muted">
                A service is a program that stays up and takes message after message. Definitions whose <code>process_type</code> is{' '}
                <code>service</code> stand here.
              </p>
              <a href={href('definitions')}>See the definitions</a>
            </Empty>
          ) : (
            <ul class="rows">
              {list.map((service) => (
                <ServiceRow key={service.key} service={service} reload={services.reload} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
