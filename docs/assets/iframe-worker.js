// Browsers refuse Worker to pages opened from a file. The theme runs its search in one, so this gives it an iframe of the
// page's own in its place; the name IFrameWorker tells the theme so.
class IFrameWorker extends EventTarget {
  constructor(url) {
    super()
    this.frame = document.createElement("iframe")
    this.frame.hidden = true
    document.body.append(this.frame)
    const inside = this.frame.contentWindow
    inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }))
    inside.importScripts = (...urls) => urls.reduce((before, each) => before.then(() => this.load(each)), Promise.resolve())
    this.ready = this.load(new URL(url, document.baseURI).href)
  }

  load(url) {
    const inside = this.frame.contentDocument
    return new Promise((resolve, reject) => {
      const script = inside.createElement("script")
      Object.assign(script, { src: url, onload: resolve, onerror: reject })
      inside.body.append(script)
    })
  }

  postMessage(data) {
    this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })))
  }

  terminate() {
    this.frame.remove()
  }
}

if (location.protocol === "file:") Object.assign(window, { IFrameWorker, Worker: IFrameWorker })
