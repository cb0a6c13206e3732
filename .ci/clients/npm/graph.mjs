// Signs in with @azure/msal-node and works with @microsoft/microsoft-graph-client,
// both unmodified, on https://graph.microsoft.com and
// https://login.microsoftonline.com, wherever these names lead. Prints what it
// found as one JSON document; the test that runs it judges that.
//
// node graph.mjs settings.json
//   {"tenant", "domain", "client_id", "secret", "cert", "key", "user", "colleague"}

import { X509Certificate, createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfidentialClientApplication } from "@azure/msal-node";
import graph from "@microsoft/microsoft-graph-client";

const { BatchRequestContent, BatchResponseContent, Client, FileUpload, LargeFileUploadTask, PageIterator } = graph;
const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const scopes = ["https://graph.microsoft.com/.default"];
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// signIn gets a token for the application, by itself.
async function signIn(credential, tenant = settings.tenant) {
  const app = new ConfidentialClientApplication({
    auth: { clientId: settings.client_id, authority: `https://login.microsoftonline.com/${tenant}`, ...credential },
  });
  const first = await app.acquireTokenByClientCredential({ scopes });
  const second = await app.acquireTokenByClientCredential({ scopes });
  return { token: first.accessToken, type: first.tokenType, tenant: first.tenantId, cached: second.fromCache && second.accessToken === first.accessToken,
    minutes: Math.round((first.expiresOn - Date.now()) / 60000) };
}

async function signInAllWays() {
  const cert = readFileSync(settings.cert, "utf8"), privateKey = readFileSync(settings.key, "utf8");
  const x509 = new X509Certificate(cert);
  const bare = (print) => print.replaceAll(":", "").toLowerCase();
  const ways = {
    secret: await signIn({ clientSecret: settings.secret }),
    domain: await signIn({ clientSecret: settings.secret }, settings.domain),
    certificate: await signIn({ clientCertificate: { thumbprintSha256: bare(x509.fingerprint256), privateKey } }),
    chain: await signIn({ clientCertificate: { thumbprintSha256: bare(x509.fingerprint256), privateKey, x5c: cert } }),
    sha1: await signIn({ clientCertificate: { thumbprint: bare(x509.fingerprint), privateKey } }),
  };
  const refused = {};
  for (const [name, attempt] of Object.entries({
    secret: () => signIn({ clientSecret: "wrong" }),
    tenant: () => signIn({ clientSecret: settings.secret }, "nobody.example"),
    certificate: () => signIn({ clientCertificate: { thumbprintSha256: "0".repeat(64), privateKey } }),
  })) {
    try {
      await attempt();
      refused[name] = "nothing";
    } catch (e) {
      refused[name] = `${e.errorCode}: ${e.errorMessage ?? e.message}`;
    }
  }
  return { ways, refused };
}

// pages collects a collection page by page, as the library does it.
async function pages(client, first, headers) {
  const all = [];
  let count = 1;
  let page = await first;
  if (page["@odata.nextLink"]) {
    const inner = client.api.bind(client);
    const counting = Object.create(client, { api: { value: (path) => (count++, inner(path)) } });
    const iterator = new PageIterator(counting, page, (item) => (all.push(item), true), { headers });
    await iterator.iterate();
    return { all, count, delta: iterator.getDeltaLink() };
  }
  return { all: page.value, count, delta: page["@odata.deltaLink"] };
}

async function directory(client) {
  const users = await pages(client, client.api("/users").top(10).select("id,userPrincipalName,assignedLicenses,accountEnabled").get());
  const skus = await client.api("/subscribedSkus").get();
  const found = await client.api("/users").header("ConsistencyLevel", "eventual").count(true)
    .filter(`endsWith(userPrincipalName,'${settings.domain}')`).orderby("displayName").select("displayName").get();
  const start = await pages(client, client.api("/users/delta").select("displayName,userPrincipalName").get());
  const idle = await client.api(start.delta).get();
  const licences = await client.api(`/users/${settings.user}/licenseDetails`).get();
  return {
    users: users.all.map((u) => u.userPrincipalName), pages: users.count, licensed: users.all.filter((u) => u.assignedLicenses.length > 0).length,
    skus: skus.value.map((s) => [s.skuPartNumber, s.prepaidUnits.enabled, s.consumedUnits]), counted: found["@odata.count"],
    delta: start.all.length, idle: idle.value.length, licences: licences.value.map((l) => l.skuPartNumber),
    organization: (await client.api("/organization").get()).value[0].displayName,
    settings: (await client.api(`/users/${settings.user}/mailboxSettings`).get()).userPurpose,
  };
}

async function mail(client) {
  const box = `/users/${settings.user}`;
  const folders = await pages(client, client.api(`${box}/mailFolders`).top(3).get());
  const inbox = await client.api(`${box}/mailFolders/inbox`).get();
  const list = await pages(client, client.api(`${box}/mailFolders/inbox/messages`).top(10)
    .select("subject,receivedDateTime,hasAttachments,isRead").orderby("receivedDateTime desc").get());
  const values = {};
  for (const m of list.all) {
    values[m.subject] = sha256(Buffer.from(await client.api(`${box}/messages/${m.id}/$value`).responseType("arraybuffer").get()));
  }
  const attached = [];
  for (const m of list.all.filter((m) => m.hasAttachments).slice(0, 3)) {
    const { value } = await client.api(`${box}/messages/${m.id}/attachments`).get();
    const raw = await client.api(`${box}/messages/${m.id}/attachments/${value[0].id}/$value`).responseType("arraybuffer").get();
    attached.push([value[0]["@odata.type"], value[0].name, Buffer.from(value[0].contentBytes, "base64").equals(Buffer.from(raw))]);
  }
  const large = { Prefer: "odata.maxpagesize=20" };
  const changes = await pages(client, client.api(`${box}/mailFolders/inbox/messages/delta`).headers(large).select("subject").get(), large);
  const draft = await client.api(`${box}/messages`).post({ subject: "Nieuw concept", body: { contentType: "html", content: "<p>Dag</p>" },
    toRecipients: [{ emailAddress: { address: settings.colleague } }] });
  const moved = await client.api(`${box}/messages/${draft.id}/move`).post({ destinationId: "inbox" });
  await client.api(`${box}/messages/${moved.id}`).patch({ isRead: true, categories: ["Blauw"] });
  const after = await client.api(changes.delta).get();
  const bytes = randomBytes(300_000);
  const added = await client.api(`${box}/messages/${moved.id}/attachments`).post({ "@odata.type": "#microsoft.graph.fileAttachment", name: "groot.bin", contentBytes: bytes.toString("base64") });
  const kept = await client.api(`${box}/messages/${moved.id}/attachments/${added.id}/$value`).responseType("arraybuffer").get();
  await client.api(`${box}/messages/${moved.id}`).delete();
  let gone = 0;
  await client.api(`${box}/messages/${moved.id}`).get().catch((e) => (gone = e.statusCode));
  return {
    folders: folders.all.map((f) => f.displayName), folderPages: folders.count, total: inbox.totalItemCount, pages: list.count,
    sorted: list.all.every((m, i) => i === 0 || m.receivedDateTime <= list.all[i - 1].receivedDateTime), values, attached,
    delta: changes.all.length, deltaPages: changes.count, changed: after.value.map((m) => m.subject), isDraft: draft.isDraft, gone,
    uploaded: [added.name, bytes.equals(Buffer.from(kept))],
  };
}

async function batch(client) {
  // the library drops scheme and host; in a batch no version stands before the path
  const request = (id, path, more) => ({ id: `${id}`, request: new Request(`https://graph.microsoft.com${path}`, more) });
  const send = async (steps) => new BatchResponseContent(await client.api("/$batch").post(await new BatchRequestContent(steps).getContent()));
  const steps = [
    request(1, `/users/${settings.user}?$select=displayName`),
    request(2, `/users/${settings.user}/mailFolders/inbox/messages?$top=1&$select=subject`),
    request(3, "/users/nobody@nowhere.example"),
  ];
  for (let i = 4; i <= 20; i++) steps.push(request(i, `/users/medewerker${`${i}`.padStart(2, "0")}@${settings.domain}?$select=id,mail`));
  const parallel = await send(steps);
  const statuses = {};
  for (const [id, response] of parallel.getResponses()) statuses[id] = response.status;
  const folders = `/users/${settings.colleague}/mailFolders`;
  const make = (id) => request(id, folders, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ displayName: "Uit een bundel" }) });
  const serial = await send([make(1), { ...request(2, `${folders}?$top=100`), dependsOn: ["1"] }]);
  const { value: mails } = await client.api(`/users/${settings.user}/mailFolders/inbox/messages`).top(20).select("subject").get();
  const values = {};
  const read = await send(mails.map((m, i) => request(i, `/users/${settings.user}/messages/${m.id}/$value`)));
  for (const [id, response] of read.getResponses()) values[mails[id].subject] = sha256(Buffer.from(await response.text(), "base64"));
  const again = await send([make(1), { ...request(2, folders), dependsOn: ["1"] }]);
  return {
    statuses, name: (await parallel.getResponseById("1").json()).displayName, error: (await parallel.getResponseById("3").json()).error.code,
    made: serial.getResponseById("1").status, seen: (await serial.getResponseById("2").json()).value.some((f) => f.displayName === "Uit een bundel"),
    values, again: [again.getResponseById("1").status, again.getResponseById("2").status],
  };
}

// streams reads mails as Exchange's own item streams and puts one into the
// mailbox of a colleague.
async function streams(client) {
  const mailbox = async (user) => `/admin/exchange/mailboxes/${(await client.api(`/users/${user}/settings/exchange`).get()).primaryMailboxId}`;
  const inbox = (folders) => folders.all.find((f) => f.displayName === "Inbox").id;
  const box = await mailbox(settings.user), other = await mailbox(settings.colleague);
  const folders = await pages(client, client.api(`${box}/folders`).get());
  const items = await pages(client, client.api(`${box}/folders/${inbox(folders)}/items`).get());
  const { value } = await client.api(`${box}/exportItems`).post({ ItemIds: items.all.slice(0, 20).map((i) => i.id) });
  const target = inbox(await pages(client, client.api(`${other}/folders`).get()));
  const before = await pages(client, client.api(`${other}/folders/${target}/items/delta`).get());
  const session = await client.api(`${other}/createImportSession`).post({});
  const put = await fetch(session.importUrl, { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ FolderId: target, Mode: "create", Data: value[0].data }) });
  const after = await client.api(before.delta).get();
  const read = async (user) => (await client.api(`/users/${user}/mailFolders/inbox/messages`).select("subject,internetMessageId").top(100).get()).value;
  const [copy] = await read(settings.colleague);
  return { folders: folders.all.length, items: items.all.length, exported: value.filter((v) => v.data && !v.error).length,
    put: put.status, before: before.all.length, changed: after.value.length,
    original: (await read(settings.user)).some((m) => m.subject === copy.subject && m.internetMessageId === copy.internetMessageId) };
}

async function files(client) {
  const root = `/users/${settings.user}/drive/root`;
  const read = async (path) => Buffer.from(await client.api(path).responseType("arraybuffer").get());
  const small = randomBytes(100_000), large = randomBytes(7_654_321);
  const put = await client.api(`${root}:/Script/klein é.bin:/content`).header("Content-Type", "application/octet-stream").put(small);
  const session = await LargeFileUploadTask.createUploadSession(client, `https://graph.microsoft.com/v1.0${root}:/Script/groot.bin:/createUploadSession`,
    { item: { "@microsoft.graph.conflictBehavior": "rename" } });
  const uploaded = await new LargeFileUploadTask(client, new FileUpload(large, "groot.bin", large.length), session, { rangeSize: 5 * 327_680 }).upload();
  const cancelled = await LargeFileUploadTask.createUploadSession(client, `https://graph.microsoft.com/v1.0${root}:/Script/niet.bin:/createUploadSession`, {});
  const cancel = await new LargeFileUploadTask(client, new FileUpload(large, "niet.bin", large.length), cancelled).cancel();
  const { value } = await client.api(`${root}:/Script:/children`).get();
  const stream = await client.api(`${root}:/Script/groot.bin:/content`).getStream();
  const parts = [];
  for await (const part of stream) parts.push(part);
  const part = await fetch((await client.api(`${root}:/Script/groot.bin`).get())["@microsoft.graph.downloadUrl"], { headers: { Range: "bytes=1000-1999" } });
  const all = await pages(client, client.api(`${root}/delta`).top(5).get());
  await client.api(`${root}:/Script/klein é.bin`).patch({ name: "kleiner.bin" });
  await client.api(`${root}:/Script/groot.bin:/content`).header("Content-Type", "application/octet-stream").put(small);
  const versions = await client.api(`${root}:/Script/groot.bin:/versions`).get();
  const changed = await client.api(all.delta).get();
  return {
    put: put.size, uploaded: uploaded.responseBody.size, uploadHost: new URL(session.url).host, cancelled: cancel.status, names: value.map((i) => i.name).sort(),
    same: small.equals(await read(`/drives/${put.parentReference.driveId}/items/${put.id}/content`)) && large.equals(Buffer.concat(parts)),
    range: part.status === 206 && large.subarray(1000, 2000).equals(Buffer.from(await part.arrayBuffer())), items: all.all.length, deltaPages: all.count,
    changed: changed.value.filter((i) => i.file).map((i) => i.name).sort(), versions: versions.value.length,
  };
}

const { ways, refused } = await signInAllWays();
const { token } = ways.certificate;
const client = Client.init({ authProvider: (done) => done(null, token) });
for (const way of Object.values(ways)) {
  const answer = await Client.init({ authProvider: (done) => done(null, way.token) }).api("/organization").get();
  way.works = answer.value.length === 1;
  delete way.token;
}
const result = { ways, refused, directory: await directory(client), mail: await mail(client), batch: await batch(client), streams: await streams(client), files: await files(client) };
console.log(JSON.stringify(result));
