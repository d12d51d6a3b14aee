# The gateway for production: compiled, without development's dependencies, not root.
# docker build -t insula . && docker run --env-file insula.env -p 4000:4000 insula

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /insula
COPY . .
RUN npm ci --no-audit --no-fund && npm run -s build

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /insula
COPY package.json package-lock.json .npmrc ./
COPY tools/node-runtime tools/node-runtime
COPY packages/pothos-mikro-orm/package.json packages/pothos-mikro-orm/
# Without the embedded PostgreSQL, which is optional, and the workspace, which is compiled into dist/.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production PORT=4000
WORKDIR /insula
COPY --from=dependencies /insula/node_modules node_modules
COPY --from=build /insula/dist dist
COPY package.json ./
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve"]
