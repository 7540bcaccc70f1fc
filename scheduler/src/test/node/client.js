// A generic gRPC client: it learns all it knows from the published protocol or from reflection.
// Usage: node client.js KVASIR_PROTO_FOLDER REFLECTION_PROTO_FOLDER HOST:PORT
// Prints one JSON object with what it saw.
'use strict';

const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [kvasirProtos, reflectionProtos, target] = process.argv.slice(2);
const options = {keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true};
const credentials = grpc.credentials.createInsecure();

function load(folder, file) {
  const definition = protoLoader.loadSync(file, {...options, includeDirs: [folder]});
  return grpc.loadPackageDefinition(definition);
}

/** One request and its answer on a reflection stream. */
function reflect(request) {
  const {ServerReflection} = load(reflectionProtos, 'grpc/reflection/v1/reflection.proto').grpc
      .reflection.v1;
  const client = new ServerReflection(target, credentials);
  return new Promise((resolve, reject) => {
    const stream = client.ServerReflectionInfo();
    stream.on('data', (answer) => {
      stream.end();
      resolve(answer);
    });
    stream.on('error', reject);
    stream.write(request);
  });
}

/** All events of one generation. */
function generate(client, request) {
  return new Promise((resolve, reject) => {
    const events = [];
    const stream = client.Generate(request);
    stream.on('data', (event) => events.push(event));
    stream.on('error', reject);
    stream.on('end', () => resolve(events));
  });
}

async function main() {
  const listed = await reflect({list_services: ''});
  const services = listed.list_services_response.service.map((service) => service.name);

  const described = await reflect({file_containing_symbol: 'kvasir.v1.Inference'});
  const files = described.file_descriptor_response.file_descriptor_proto;
  const reflected = grpc.loadPackageDefinition(
      protoLoader.loadFileDescriptorSetFromBuffer(descriptorSet(files), options)).kvasir.v1;
  const published = load(kvasirProtos, 'kvasir/v1/inference.proto').kvasir.v1;

  const request = {
    token_ids: {ids: [5, 6, 7]},
    stop: {max_tokens: 12},
  };
  const byProto = await generate(new published.Inference(target, credentials), request);
  const byReflection = await generate(new reflected.Inference(target, credentials), request);

  let refusal = null;
  try {
    await generate(new published.Inference(target, credentials), {stop: {max_tokens: 0}});
  } catch (error) {
    refusal = {code: grpc.status[error.code], details: error.details};
  }
  console.log(JSON.stringify({services, byProto, byReflection, refusal}));
}

/** A FileDescriptorSet is its files as field 1, each with its length in front. */
function descriptorSet(files) {
  const parts = [];
  for (const file of files) {
    const header = [0x0a];
    let length = file.length;
    while (length > 0x7f) {
      header.push((length & 0x7f) | 0x80);
      length >>>= 7;
    }
    header.push(length);
    parts.push(Buffer.from(header), file);
  }
  return Buffer.concat(parts);
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
