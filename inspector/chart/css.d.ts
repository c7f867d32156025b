// The bundler takes a style sheet in for its effect; TypeScript wants to hear that there is such a thing.
declare module '*.css'
