"use strict";
// The npm package telegram-test-api as a Bot API of today. The package keeps who wrote what and serves the citizens'
// side (POST /sendMessage, /sendCallback, /getUpdates); added here is what Bot API 10 promises and the package does not
// do: waiting getUpdates with offsets, 409 while a webhook is set, the secret header and repeated calls until 2xx,
// method calls in the webhook's response, edited messages, files, and faults on demand (POST /_/fail).
// usage: node server.cjs FOLDER_WITH_NODE_MODULES
const { createRequire } = require("module");
const need = createRequire(process.argv[2] + "/");
const express = need("express");
const TelegramServer = need("telegram-test-api");

const ME = { id: 123456, is_bot: true, first_name: "市民热线", username: "quancheng12345_bot" };
const calls = [], faults = [], files = {};
const plain = TelegramServer.formatUpdate;
const seconds = () => Math.floor(Date.now() / 1000);

TelegramServer.formatUpdate = (kept) => {
  const update = JSON.parse(JSON.stringify(plain(kept)));
  if (update.callback_query) {
    update.callback_query.chat_instance = "-81";
    delete update.callback_query.message.botToken;
    return update;
  }
  delete update.message.botToken;
  if (!update.message.edit_date) return update;
  const { message_id: _new, edited, ...message } = update.message;
  return { update_id: update.update_id, edited_message: { ...message, message_id: edited } };
};

class BotApi extends TelegramServer {
  addBotMessage(raw, token) {
    const kept = super.addBotMessage(raw, token);
    const chat = { id: kept.chat.id, type: "private", first_name: "李" };
    const told = { message_id: kept.message_id, from: ME, chat, date: seconds(), text: kept.text };
    return kept.reply_markup ? { ...told, reply_markup: kept.reply_markup } : told;
  }

  async addUserUpdate(update) {
    const hook = this.webhooks[update.botToken];
    if (!hook) return super.addUserUpdate(update);
    const body = JSON.stringify(TelegramServer.formatUpdate(update));
    this.updateId += 1;
    await deliver(hook, body);
  }
}

async function deliver(hook, body) {
  const headers = { "Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": hook.secret_token || "" };
  for (let wait = 50; wait < 3000; wait *= 2) {
    const answer = await fetch(hook.url, { method: "POST", headers, body }).catch(() => ({ ok: false }));
    calls.push({ method: "(webhook)", params: { status: answer.status } });
    if (answer.ok) {
      const said = await answer.text();
      if (said.startsWith("{")) { const { method, ...params } = JSON.parse(said); calls.push({ method, params }); }
      return;
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

const server = new BotApi({ port: 0, host: "127.0.0.1", storeTimeout: 3600 });
const app = express();
app.use(express.json({ limit: "20mb" }), express.urlencoded({ extended: true }));
app.get("/_/calls", (_ask, answer) => answer.json(calls));
app.post("/_/fail", (ask, answer) => { faults.push({ times: 1, ...ask.body }); answer.json({}); });
app.post("/_/file", (ask, answer) => { files[ask.body.id] = Buffer.from(ask.body.content, "base64"); answer.json({}); });
app.post("/_/again", async (ask, answer) => { await deliver(server.webhooks[ask.body.token], ask.body.update); answer.json({}); });
app.get("/file/bot:token/files/:id", (ask, answer) => answer.send(files[ask.params.id]));

const refuse = (answer, code, description, parameters) =>
  answer.status(code).json({ ok: false, error_code: code, description, parameters });
const grant = (answer, result) => answer.json({ ok: true, result });

const METHODS = {
  getMe: (answer) => grant(answer, ME),
  answerCallbackQuery: (answer) => grant(answer, true),
  getFile: (answer, params) => files[params.file_id]
    ? grant(answer, { file_id: params.file_id, file_unique_id: "u", file_path: "files/" + params.file_id })
    : refuse(answer, 400, "Bad Request: wrong file_id"),
  getWebhookInfo: (answer, _params, token) => grant(answer, {
    url: (server.webhooks[token] || {}).url || "", has_custom_certificate: false, pending_update_count: 0 }),
  setWebhook: (answer, params, token) => {
    server.setWebhook(params, token);
    grant(answer, true);
    const waiting = server.storage.userMessages.filter((one) => one.botToken === token);
    server.storage.userMessages = server.storage.userMessages.filter((one) => one.botToken !== token);
    waiting.forEach((one) => deliver(params, JSON.stringify(TelegramServer.formatUpdate(one))));
  },
  getUpdates: (answer, params, token, ask) => {
    if (server.webhooks[token]) return refuse(answer, 409, "Conflict: can't use getUpdates method while webhook is active");
    const offset = Number(params.offset || 0), until = Date.now() + 1000 * Number(params.timeout || 0);
    server.storage.userMessages = server.storage.userMessages.filter((one) => one.botToken !== token || one.updateId >= offset);
    const look = () => {
      const found = server.storage.userMessages.filter((one) => one.botToken === token).slice(0, Number(params.limit || 100));
      if (found.length || Date.now() >= until || ask.socket.destroyed) return grant(answer, found.map(TelegramServer.formatUpdate));
      return setTimeout(look, 20);
    };
    return look();
  },
};

app.use("/bot:token/:method", (ask, answer, next) => {
  const { token, method } = ask.params, params = { ...ask.query, ...ask.body };
  calls.push({ method, params });
  const fault = faults.find((one) => one.method === method && one.times > 0);
  if (fault) { fault.times -= 1; return refuse(answer, fault.code, fault.description, fault.parameters); }
  if (method === "sendMessage" && Array.from(params.text || "").length > 4096) return refuse(answer, 400, "Bad Request: message is too long");
  const long = method === "sendMessage" && params.reply_markup && JSON.parse(params.reply_markup).inline_keyboard.flat()
    .some((one) => Buffer.byteLength(one.callback_data) > 64);
  if (long) return refuse(answer, 400, "Bad Request: BUTTON_DATA_INVALID");
  return METHODS[method] ? METHODS[method](answer, params, token, ask) : next();
});
app.use(server.webServer);
const listening = app.listen(0, "127.0.0.1", () => console.log("up", listening.address().port));
