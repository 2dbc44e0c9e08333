/* What is asked of the server, in JSON both ways. */

/* The server refused, did not answer, or gives no leave any more (another one runs now). */
export class Refusal extends Error {
  constructor(status, answer) {
    super(answer?.faults?.map((fault) => fault.said).join(" ") || `HTTP ${status}`);
    this.status = status;
    this.answer = answer ?? {};
    this.faults = answer?.faults ?? [];
  }

  get away() {
    return this.status === 0;
  }

  get closed() {
    return this.status === 401 || this.status === 403;
  }
}

const ask = async (address, options = {}) => {
  let response;
  try {
    response = await fetch(address, { cache: "no-store", ...options });
  } catch {
    throw new Refusal(0);
  }
  let answer = null;
  try {
    answer = await response.json();
  } catch {
    if (response.ok) throw new Refusal(0); // killed in the middle of its answer
  }
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
};

const send = (method) => (address, body, options = {}) =>
  ask(address, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...options,
  });

export const get = (address) => ask(address);
export const post = send("POST");
export const put = send("PUT");
