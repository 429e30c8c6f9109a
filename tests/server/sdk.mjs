// Create, poll, download, be refused, delete: with the SDK that the first argument names.
const { default: OpenAI } = await import(process.argv[2]);
const client = new OpenAI();
let video = await client.videos.create({ prompt: "a parrot flies over a beach at sunset", seconds: "4", size: "720x1280" });
while (video.status === "queued" || video.status === "in_progress") {
  await new Promise((wake) => setTimeout(wake, 250));
  video = await client.videos.retrieve(video.id);
}
const content = await (await client.videos.downloadContent(video.id)).arrayBuffer();
const codeOf = async (call) => { try { await call(); return null; } catch (error) { return error; } };
const refused = await codeOf(() => client.post("/videos/edits", { body: { prompt: "x", video: { id: video.id } } }));
await client.videos.delete(video.id);
const gone = await codeOf(() => client.videos.retrieve(video.id));
console.log(JSON.stringify({ status: video.status, bytes: content.byteLength, refused: refused?.code, gone: gone?.status }));
