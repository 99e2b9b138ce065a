// Live is the connection to wsproxy: questions with their answers, and news.

const again = 1000; // milliseconds until it is tried again

// Gone says that nobody answers: the page is told so by itself, and asks again once
// somebody does.
export class Gone extends Error {
  constructor() { super('the connection to wsproxy is gone'); }
}

export class Live {
  constructor(told) {
    this.told = told; // { open, closed, news }
    this.next = 1;
    this.waiting = new Map();
    this.connect();
  }

  connect() {
    const ws = new WebSocket(location.origin.replace('http', 'ws') + '/live');
    this.ws = ws;
    ws.onopen = () => this.told.open();
    ws.onmessage = (m) => this.take(JSON.parse(m.data));
    ws.onclose = () => {
      for (const { fail } of this.waiting.values()) fail(new Gone());
      this.waiting.clear();
      this.told.closed();
      setTimeout(() => this.connect(), again);
    };
  }

  take(m) {
    if (m.news) return this.told.news(m.news);
    const w = this.waiting.get(m.re);
    this.waiting.delete(m.re);
    if (!w) return;
    if (m.error) w.fail(new Error(m.error));
    else w.done(m);
  }

  get ready() { return this.ws.readyState === WebSocket.OPEN; }

  // ask asks a question and promises the answer.
  ask(op, more = {}) {
    return new Promise((done, fail) => {
      if (!this.ready) return fail(new Gone());
      const id = this.next++;
      this.waiting.set(id, { done, fail });
      this.ws.send(JSON.stringify({ id, op, ...more }));
    });
  }
}
