// The service, as the page sees it: addresses are relative to the page, so that it may live under any path of a proxy.

const PLACE = "ganvas-key";

/** An answer other than the one asked for: `message` is the service's sentence, `status` that of HTTP, 0 for no answer. */
export class Refusal extends Error {
  constructor(sentence, status = 0, after = null) {
    super(sentence);
    this.status = status;
    this.after = after; // seconds after which it may be asked again, where the service says so
  }
}

/** The address of what the service calls `path`, such as /v1/models. */
export function address(path) {
  return new URL(path.replace(/^\//, ""), document.baseURI).href;
}

/** The key that a visitor gave, for this tab of the browser only. */
export const key = {
  get: () => sessionStorage.getItem(PLACE) ?? "",
  set: (text) => (text ? sessionStorage.setItem(PLACE, text) : sessionStorage.removeItem(PLACE)),
};

async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (key.get()) headers.set("Authorization", `Bearer ${key.get()}`);
  let answer;
  try {
    answer = await fetch(address(path), { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The service does not answer: is it still running?");
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer) {
  const found = await answer.json().catch(() => ({}));
  const sentence = found.error ?? `the service answers ${answer.status} ${answer.statusText}`.trim();
  const after = Number(answer.headers.get("Retry-After"));
  return new Refusal(sentence[0].toUpperCase() + sentence.slice(1), answer.status, after > 0 ? after : null);
}

/** What the service answers: `json` an object (null where the answer is empty), `blob` a file. `options` are fetch's. */
export const api = {
  address,
  async json(path, options) {
    const text = await (await ask(path, options)).text();
    return text ? JSON.parse(text) : null;
  },
  async blob(path, options) {
    return (await ask(path, options)).blob();
  },
};

/** Resolves after `seconds`; rejects with an AbortError as soon as `signal` says so. */
export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(resolve, 1000 * seconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
