export { type Config, ConfigError, readSettings } from './config.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export * from './module.ts';
