import { createTestGateway, type TestGateway } from 'insula/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projects } from '../index.ts';

const CREATE = 'mutation Create($name: String!) { createProject(input: { name: $name }) { project { id } } }';
const ADD = `mutation Add($id: ID!, $title: String!) {
  addTask(input: { projectId: $id, title: $title }) { task { id milestone { name } } }
}`;
const FINISH = 'mutation Finish($id: ID!) { finishTask(input: { id: $id }) { task { done } } }';

interface Created {
  readonly createProject: { readonly project: { readonly id: string } };
}
interface Added {
  readonly addTask: { readonly task: { readonly id: string; readonly milestone: unknown } };
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await createTestGateway({ modules: [projects] });
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function projectOf(tenant: string, name: string): Promise<string> {
  const { data } = await gateway.as('lead', tenant).execute<Created>(CREATE, { name });
  return data?.createProject.project.id ?? '';
}

test('[BL] a task is in the first milestone of its project, and is finished once', async () => {
  const id = await projectOf('north', 'A bridge');
  const colleague = gateway.as('colleague', 'north');
  const { data } = await colleague.execute<Added>(ADD, { id, title: 'Draw it' });
  expect(data?.addTask.task.milestone).toEqual({ name: 'Start' });
  const task = { id: data?.addTask.task.id };
  expect((await colleague.execute(FINISH, task)).data).toEqual({ finishTask: { task: { done: true } } });
  expect((await colleague.execute(FINISH, task)).code).toBe('TASK_DONE');
});

test('[AZ] a colleague works, a lead leads, a guest looks on', async () => {
  const id = await projectOf('north', 'A tunnel');
  const codes = async (role: string) => [
    (await gateway.as(role).execute('{ projects { totalCount } }')).code,
    (await gateway.as(role).execute(ADD, { id, title: 'Dig' })).code,
    (await gateway.as(role).execute(CREATE, { name: 'A road' })).code,
  ];
  expect(await codes('lead')).toEqual([undefined, undefined, undefined]);
  expect(await codes('colleague')).toEqual([undefined, undefined, 'FORBIDDEN']);
  expect(await codes('guest')).toEqual([undefined, 'FORBIDDEN', 'FORBIDDEN']);
});

test('[DO] a project of another tenant is not there', async () => {
  const id = await projectOf('north', 'A canal');
  expect((await gateway.as('lead', 'south').execute(ADD, { id, title: 'Dig' })).code).toBe('NOT_FOUND');
});
