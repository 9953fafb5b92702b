// ONNX Runtime's side of one case, where there is only npm's: node onnx_worker.js FILE SIZE THREADS
//
// Speaks as worker.py says; all graph optimisations are on. The package is found
// through NODE_PATH.
'use strict';

const fs = require('fs');
const ort = require('onnxruntime-node');

function resident(field) {
  if (!fs.existsSync('/proc/self/status')) return 1024 * process.resourceUsage().maxRSS;
  const line = fs.readFileSync('/proc/self/status', 'utf8').split('\n').find((l) => l.startsWith(field));
  return 1024 * Number(line.split(/\s+/)[1]);
}

async function main() {
  const [file, size, threads] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
  const idle = resident('VmRSS');
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['cpu'], graphOptimizationLevel: 'all', intraOpNumThreads: threads, interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const pixels = Float32Array.from({ length: 3 * size * size }, () => 2 * Math.random() - 1);
  const feed = { x: new ort.Tensor('float32', pixels, [1, 3, size, size]) };
  for (let i = 0; i < 3; i++) await session.run(feed);
  const version = require('onnxruntime-node/package.json').version;
  console.log(JSON.stringify({ ready: { version: `ONNX Runtime ${version} (node)` } }));

  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const [seconds, repeats] = line.split(' ').map(Number);
    const times = [];
    for (let total = 0; times.length < repeats || total < seconds; total += times[times.length - 1]) {
      const start = process.hrtime.bigint();
      await session.run(feed);
      times.push(Number(process.hrtime.bigint() - start) / 1e9);
    }
    console.log(JSON.stringify({ times, peak_bytes: resident('VmHWM') - idle }));
  }
}

main();
