// The description of the resource in the form of tastypie, as its clients read it.
import { allows, comparisons } from '../../definitions/filters.js';
import { listFields } from './list-query.js';

const field = { blank: false, default: 'No default provided.', nullable: false, primary_key: false, readonly: false, unique: false };
const methods = ['get', 'post', 'put', 'delete', 'patch'];

export const registrySchema = {
  allowed_detail_http_methods: methods,
  allowed_list_http_methods: methods,
  default_format: 'application/json',
  default_limit: 20,
  fields: {
    definition: { ...field, help_text: 'The definition, a dictionary.', type: 'dict', verbose_name: 'definition' },
    id: {
      ...field,
      blank: true,
      default: '',
      help_text: 'Integer data. Ex: 2673',
      primary_key: true,
      type: 'integer',
      unique: true,
      verbose_name: 'ID',
    },
    resource_uri: {
      ...field,
      help_text: 'Unicode string data. Ex: "Hello World"',
      readonly: true,
      type: 'string',
      verbose_name: 'resource uri',
    },
  },
  filtering: Object.fromEntries(Object.entries(listFields).map(([name, field]) => [name, comparisons.filter((one) => allows(field, one))])),
  ordering: Object.keys(listFields),
};
