export default function P(_: { namespace: string; name: string }){return null}
