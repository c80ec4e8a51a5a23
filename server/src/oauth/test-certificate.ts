import { generateKeyPairSync, sign } from "node:crypto";

/** A certificate for one name, signed by itself, for a TLS server that only one test talks to. */
export function testCertificate(host: string): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(tag(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const commonName = sequence(
    tag(0x31, sequence(tag(0x06, Buffer.from("550403", "hex")), tag(0x0c, Buffer.from(host)))),
  );
  const alternativeNames = sequence(
    tag(0x06, Buffer.from("551d11", "hex")),
    tag(0x04, sequence(tag(0x82, Buffer.from(host)))),
  );
  const content = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    commonName,
    sequence(time("20000101"), time("20491231")),
    commonName,
    publicKey.export({ type: "spki", format: "der" }),
    tag(0xa3, sequence(alternativeNames)),
  );
  const signature = tag(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", content, privateKey)]));
  const der = sequence(content, ecdsaWithSha256, signature);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}

/** DER (X.690): tag, length, content. */
function tag(type: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([type, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tag(0x30, ...parts);
const time = (day: string): Buffer => tag(0x18, Buffer.from(`${day}000000Z`));
