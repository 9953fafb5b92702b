// Package serve is easel over HTTP: the pages that people open in a browser and
// the API that pages, curl and programs use.
//
// Begin with Default, set the models, and call New; Run listens until its context
// ends. Handler is the same server without a listener.
//
//	o := serve.Default()
//	o.Models = []string{"runs/facades"}
//	s, err := serve.New(o)
//	err = s.Run(ctx, nil)
//
// # Routes
//
//	GET  /, /NAME, /NAME.js …      the embedded pages; /NAME is also NAME.html
//	POST /v1/translate             a picture in, a picture out (PUT too, for curl -T)
//	POST /{model}                  the same, as pixsrv had it
//	GET  /v1/models, /v1/models/ID the models
//	GET  /v1/models/ID/example     an input to begin a drawing with; ?n= is another
//	GET  /v1/models/ID/report      a page about its training
//	POST /v1/session               exchanges a token (as a bearer) for a cookie: see below
//	POST /v1/study/sessions        a participant of the perceptual study begins
//	GET  /v1/study/sessions/{id}/trial, POST …/answers, GET /v1/study/pictures/NAME
//	POST /v1/jobs                  start a job; GET: all of them
//	GET  /v1/jobs/ID               one; DELETE cancels, in any state
//	POST /v1/jobs/ID/pause, /resume  save and pause a job, and continue it; one that
//	                               failed or was cancelled continues, too
//	GET  /v1/jobs/ID/events        server-sent events, with replay
//	GET  /v1/jobs/ID/preview       a picture of its progress
//	GET  /v1/jobs/ID/result        a picture, or JSON
//	GET  /v1/jobs/ID/files/PATH    a file that it wrote, or the listing of a folder
//	GET  /v1/events                the events of all jobs
//	PUT  /v1/blobs/SHA256          a file for jobs; HEAD says what is there, GET sends it back
//	GET  /v1/data?folder=          folders that jobs may read
//	GET  /v1/experiments           experiments that a job may run
//	GET  /v1/version               {"version": …, "go": …, "max_body": …, "max_pixels": …}
//	POST /v1/data                  make one from files that were sent; DELETE /v1/data/NAME
//	GET  /livez, /readyz           200 or 503, plain text
//	GET  /metrics, /openapi.json   metrics, and this API for programs
//
// # Translating
//
// The body is a picture in any format that easel reads, or multipart/form-data
// whose first file is one. The answer is a picture of the same size and depth: PNG,
// unless Accept asks for image/jpeg or image/tiff. The query:
//
//	model  id of a model; may be left out where there is only one
//	seed   seed of the noise, 0 unless given; another seed is another sample
//	noise  on (as in training, the paper's choice) or off
//	style  sha256: and the hash of a picture sent before, for a model of any style,
//	       or the name of one of several that the model has learned
//	strength  how strongly that style is applied, from 0 to 1 (the default)
//	live   any word that a page chooses for one drawing: of the waiting pictures
//	       with the same word, only the newest is translated; the others are answered
//	       409 at once. Pages can ignore errors of type urn:easel:superseded.
//
// Answers have the headers Easel-Model and Easel-Seed. PNG files store the same as texts
// (iTXt), with the SHA-256 of the model's file and easel's version. Closing the connection
// removes a waiting picture from the queue.
//
// # Models
//
// /v1/models is {"models": [Model, …]}; see Model for the fields. A page draws with
// input.palette if input.kind is "labels", with thin hard black lines on white if it is
// "edges", and takes a photograph if it is "photographs". A model of kind "style" paints in
// one pass: in its own style, or, if any_style is true, in that of a picture. Any size
// works: pictures are padded to a multiple of image_size, so drawings should be image_size
// squared.
//
// # Jobs
//
// A job is requested as {"kind": …, "options": …}. Kinds are train, stylize, translate
// (many pictures), evaluate, experiment, inspect (checks pairs before training: the result
// is the report, the preview a contact sheet) and demo (trains on pairs that easel draws,
// for servers without a model). Options are those of the verb as in its config.json,
// applied to the defaults or to the preset that "preset" names:
//
//	{"kind": "train",   "options": {"preset": "laptop", "data": "facades", "length": {"steps": 8000}}}
//	{"kind": "stylize", "options": {"content": "sha256:…", "styles": [{"path": "sha256:…", "weight": 1}], "size": 512}}
//	{"kind": "demo",    "options": {}}
//
// Models are named by id, data as ROOT or ROOT/FOLDER of /v1/data, files as sha256: and the
// hash under which they were sent. Whatever the command would refuse is refused at once.
// The answer is 202 with a jobs.View, as from GET: state is queued, running, paused, done,
// failed or cancelled; place and seconds_left say how long it waits, and waits, if it is
// there, why nobody can do it; progress has done,
// total, seconds_left and preview (a file of the job; fetch /preview when it changes);
// pages are names of pages among its files, such as evaluation/evaluation.html. GET
// /v1/jobs?kind=evaluate&state=done lists only matching jobs. A training run is a model
// with the job's id from its first checkpoint on.
//
// One stream, /v1/events, is enough for a page and all its tabs. Its events are "snapshot"
// with {"jobs": […]} (for one job, its view); "job" with the view after a change; and
// "progress" with the verb's own event, as easel --json prints it, beside progress. The
// last two contain job, the id. ?after=0 replays from the beginning, for curves; a
// browser's EventSource sends Last-Event-ID automatically.
//
// # Tokens
//
// A server that other machines can reach has a token, and its address ends in #token=WORD.
// A page removes the fragment from the address bar and sends it to POST /v1/session in the
// header Authorization: Bearer WORD. The answer is 204 and sets a cookie that scripts
// cannot read. Other routes answer 401 until there is a token.
//
// # Errors
//
// Every error is application/problem+json (RFC 9457) with type, title, status,
// detail and, where there is advice, hint. 429 comes with Retry-After.
//
// # Limits
//
// The server limits bodies, pixels (read from a file's header before anything is decoded),
// the memory of all requests together, networks at work, waiting pictures, requests per
// second and client, connections, and the time in which a client must send a body or read
// an answer. See Options for each.
//
// # What pages may do
//
// The Content-Security-Policy allows what comes from this server, and pictures from blob:
// and data: URLs: no inline scripts or styles, no other hosts. Files in the folder page are
// served as they are, with their hash as ETag; a name without an extension stands for its
// .html file. GET never changes state.
package serve
