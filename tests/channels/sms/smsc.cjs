// An SMS centre on npm smpp. It obeys lines of JSON on stdin and answers each with one; login city / a-password.
'use strict';
const smpp = require('smpp');
const readline = require('readline');

const LOGIN = { system_id: 'city', password: 'a-password' };
const log = [];
const sessions = new Set();
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
let mode = { do: 'accept' };
let report = 'never';
let state = 'DELIVRD';
let quiet = false;
let serial = 0x2a0;

const ucs2 = (text) => Buffer.from(text, 'utf16le').swap16();
const octets = (pdu) => {
  const sm = pdu.short_message || {};
  return Buffer.isBuffer(sm.message) ? sm.message : Buffer.from(sm.message || '', 'latin1');
};

function receipt(session, id, pdu) {
  const text = `id:${id} sub:001 dlvrd:001 submit date:2601011600 done date:2601011600 stat:${state} err:000 text:`;
  session.deliver_sm(
    { source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
      short_message: { message: Buffer.from(text, 'latin1') } },
    (answer) => log.push({ event: 'receipt_resp', status: answer.command_status }),
  );
}

async function submitted(session, pdu) {
  const udh = pdu.short_message && pdu.short_message.udh;
  const text = typeof pdu.short_message.message === 'string' ? pdu.short_message.message : '';
  const seen = {
    event: 'submit_sm', from: pdu.source_addr, to: pdu.destination_addr, ton: pdu.dest_addr_ton,
    coding: pdu.data_coding, esm: pdu.esm_class, wanted: pdu.registered_delivery, text,
    hex: Buffer.isBuffer(pdu.short_message.message) ? pdu.short_message.message.toString('hex') : '',
    udh: udh ? Buffer.concat([].concat(udh).map((x) => Buffer.from(x))).toString('hex') : '',
    sar: pdu.sar_total_segments ? [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum] : null,
  };
  log.push(seen);
  if (mode.do === 'hang') return;
  if (mode.do === 'drop') { session.socket.destroy(); return; }
  if (mode.do === 'second') { // the next is taken, the one after it refused, then all taken
    mode = { do: 'accept', then: mode.status };
  } else if (mode.then) {
    const status = mode.then;
    mode = { do: 'accept' };
    session.send(pdu.response({ command_status: status }));
    return;
  }
  if (mode.do === 'refuse') {
    const { status } = mode;
    session.send(pdu.response({ command_status: status }));
    return;
  }
  serial += 1;
  log.push({ ...seen, event: 'accepted' });
  const answered = mode.hex ? serial.toString(16).toUpperCase() : String(serial);
  const asked = pdu.registered_delivery & 1;
  if (asked && report === 'before') { receipt(session, serial, pdu); await wait(50); }
  session.send(pdu.response({ message_id: answered }));
  if (asked && (report === 'after' || report === 'double')) receipt(session, serial, pdu);
  if (asked && report === 'double') receipt(session, serial, pdu);
}

const server = smpp.createServer({}, (session) => {
  session.on('error', (problem) => log.push({ event: 'error', problem: String(problem) }));
  session.on('close', () => { sessions.delete(session); log.push({ event: 'close' }); });
  session.on('bind_transceiver', (pdu) => {
    log.push({ event: 'bind', version: pdu.interface_version, system_type: pdu.system_type });
    const wrong = pdu.system_id !== LOGIN.system_id ? smpp.ESME_RINVSYSID
      : pdu.password !== LOGIN.password ? smpp.ESME_RINVPASWD : 0;
    session.send(pdu.response({ command_status: wrong, system_id: 'centre' }));
    if (!wrong) sessions.add(session);
  });
  session.on('unbind', (pdu) => { log.push({ event: 'unbind' }); session.send(pdu.response()); session.close(); });
  session.on('enquire_link', (pdu) => {
    log.push({ event: 'enquire_link' });
    if (!quiet) session.send(pdu.response());
  });
  session.on('submit_sm', (pdu) => submitted(session, pdu));
});

function deliver(order) {
  const session = [...sessions].pop();
  if (!session) return { sent: false };
  const pdu = {
    source_addr: order.from, destination_addr: order.to, source_addr_ton: 1, source_addr_npi: 1,
    data_coding: order.coding === undefined ? 8 : order.coding, ...order.more,
  };
  const message = order.hex !== undefined ? Buffer.from(order.hex, 'hex') : ucs2(order.text);
  if (order.payload) pdu.message_payload = { message };
  else pdu.short_message = order.udh ? { udh: Buffer.from(order.udh, 'hex'), message } : { message };
  if (order.udh) pdu.esm_class = 0x40;
  session.deliver_sm(pdu, (answer) => log.push({ event: 'deliver_resp', tag: order.tag || '', status: answer.command_status }));
  return { sent: true };
}

const orders = {
  mode: (order) => { mode = order.mode; },
  report: (order) => { report = order.when; state = order.state || 'DELIVRD'; },
  deliver,
  quiet: (order) => { quiet = order.quiet; },
  enquire: () => [...sessions].pop().enquire_link({}, () => log.push({ event: 'enquire_link_resp' })),
  unbind: () => [...sessions].pop().unbind(() => log.push({ event: 'unbind_resp' })),
  cut: () => { for (const session of sessions) session.socket.destroy(); },
  log: () => log,
};

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line);
    const said = orders[order.order](order);
    process.stdout.write(`${JSON.stringify(['log', 'deliver'].includes(order.order) ? said : {})}\n`);
  })
  .on('close', () => process.exit(0));

server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
