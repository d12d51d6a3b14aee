import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from 'insula/testing';
import { sampleItems } from './index.ts';

const CREATE = `mutation Create($name: String!) {
  createSampleItem(input: { name: $name }) { sampleItem { id name } }
}`;
const RENAME = `mutation Rename($id: ID!, $name: String!) {
  renameSampleItem(input: { id: $id, name: $name }) { sampleItem { name } }
}`;
const LIST = '{ sampleItems { nodes { name } } }';

interface Created {
  readonly createSampleItem: { readonly sampleItem: { readonly id: string; readonly name: string } };
}

describe('sample-items', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await createTestGateway({ modules: [sampleItems] });
  });
  after(() => gateway[Symbol.asyncDispose]());

  test('what a tenant makes and renames is its own', async () => {
    const owner = gateway.as('owner', 'north');
    const { data } = await owner.execute<Created>(CREATE, { name: 'First' });
    const id = data?.createSampleItem.sampleItem.id;
    const renamed = await owner.execute(RENAME, { id, name: 'Second' });
    assert.deepEqual(renamed.data, { renameSampleItem: { sampleItem: { name: 'Second' } } });

    const mine = await owner.execute(LIST);
    assert.deepEqual(mine.data, { sampleItems: { nodes: [{ name: 'Second' }] } });
    const theirs = await gateway.as('owner', 'south').execute(LIST);
    assert.deepEqual(theirs.data, { sampleItems: { nodes: [] } });
  });

  test('an empty name is refused', async () => {
    const { status, code } = await gateway.as('owner').execute(CREATE, { name: ' ' });
    assert.deepEqual([status, code], [400, 'BAD_USER_INPUT']);
  });

  test('a viewer makes nothing', async () => {
    const { status, code } = await gateway.as('viewer').execute(CREATE, { name: 'Mine' });
    assert.deepEqual([status, code], [403, 'FORBIDDEN']);
  });
});
