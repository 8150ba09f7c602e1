// One picture's work on the service, from sending it to fetching the result.

import { pause } from "./api.js";
import { duration } from "./parts.js";

const OVER = ["done", "failed", "cancelled"];
const PATIENCE = 60; // seconds for which a service that does not answer is asked again: it may be starting anew

/**
 * What `photo` becomes by `fields`: {blob, format, remarks}. `tell(sentence, share)` is called with how far it is, from 0
 * to 1, or null where that is not known. Where `signal` says so it is cancelled; whatever happens, nothing of it stays on
 * the service.
 */
export async function enhanced(api, photo, fields, tell, signal) {
  const job = await submitted(api, photo, fields, tell, signal);
  const place = `/v1/jobs/${job.id}`;
  const drop = () => api.json(place, { method: "DELETE", keepalive: true }).catch(() => {});
  addEventListener("pagehide", drop);
  try {
    const over = await followed(api, place, tell, signal);
    if (over.state === "cancelled") throw new Error("The job was cancelled.");
    tell("Fetching the result …", null);
    // of a job that failed, the answer is the sentence why
    const blob = await api.blob(`${place}/result`, { signal });
    return { blob, format: over.format, remarks: over.remarks };
  } finally {
    removeEventListener("pagehide", drop);
    drop();
  }
}

async function submitted(api, photo, fields, tell, signal) {
  const path = `/v1/jobs?${new URLSearchParams(fields)}`;
  const headers = { "Content-Type": "application/octet-stream" }; // the service looks for itself what it is
  for (;;) {
    tell("Sending the photo …", null);
    try {
      return await api.json(path, { method: "POST", body: photo, headers, signal });
    } catch (error) {
      if (error.status !== 429) throw error;
      for (let left = error.after ?? 5; left > 0; left--) {
        tell(`The queue is full: trying again in ${left} s …`, null);
        await pause(1, signal);
      }
    }
  }
}

async function followed(api, place, tell, signal) {
  let wait = 0.15;
  let silent = 0;
  let first = null; // when it was first seen at work, and how far: the clocks of two machines need not agree
  for (;;) {
    try {
      const job = await api.json(place, { signal });
      silent = 0;
      if (OVER.includes(job.state)) return job;
      if (job.progress) first ??= { time: performance.now(), share: job.progress };
      tell(...progress(job, first));
    } catch (error) {
      if (error.status !== 0 || (silent += wait) > PATIENCE) throw error;
      tell("The service does not answer: trying again …", null);
    }
    await pause(wait, signal);
    wait = Math.min(1, 1.3 * wait);
  }
}

function progress(job, first) {
  if (job.state === "queued") return ["Waiting for its turn …", null];
  if (!job.progress) return ["Starting …", null];
  const passed = (performance.now() - first.time) / 1000;
  const left = (passed * (1 - job.progress)) / (job.progress - first.share);
  const about = passed > 2 && left > 3 && left < Infinity ? `, about ${duration(left)} to go` : "";
  return [`${Math.floor(100 * job.progress)} %${about}`, job.progress];
}
