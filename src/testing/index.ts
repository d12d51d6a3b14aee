export type { TestClient, TestReply, TypedDocument } from './client.ts';
export { createTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts';
