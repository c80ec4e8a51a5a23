import { describe, expect, it } from "@jest/globals";
import { isPublicAddress } from "./public-address.ts";

describe("isPublicAddress", () => {
  it.each(["1.1.1.1", "104.18.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1"])(
    "lets the public internet through: %s",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ["the metadata service", "169.254.169.254"],
    ["the metadata service over IPv6", "fd00:ec2::254"],
    ["the metadata service, mapped", "::ffff:169.254.169.254"],
    ["the metadata service, mapped in hex", "::ffff:a9fe:a9fe"],
    ["the metadata service through NAT64", "64:ff9b::a9fe:a9fe"],
    ["the metadata service through 6to4", "2002:a9fe:a9fe::1"],
    ["ECS credentials", "169.254.170.2"],
    ["this host", "0.0.0.0"],
    ["loopback, where the runtime API listens", "127.0.0.1"],
    ["another loopback address", "127.8.8.8"],
    ["IPv6 loopback", "::1"],
    ["IPv6 unspecified", "::"],
    ["IPv4-compatible", "::7f00:1"],
    ["a private network", "10.1.2.3"],
    ["a private network", "172.31.0.1"],
    ["a private network", "192.168.1.1"],
    ["carrier NAT", "100.64.0.1"],
    ["link-local", "fe80::1"],
    ["link-local with a zone", "fe80::1%eth0"],
    ["a public address with a zone", "2606:4700::1111%eth0"],
    ["unique local", "fc00::1"],
    ["Teredo", "2001:0:1::1"],
    ["documentation", "2001:db8::1"],
    ["multicast", "224.0.0.1"],
    ["IPv6 multicast", "ff02::1"],
    ["broadcast", "255.255.255.255"],
    ["an octal address", "0177.0.0.1"],
    ["a short address", "127.1"],
    ["a name", "localhost"],
    ["nothing", ""],
  ])("refuses %s: %s", (_, address) => expect(isPublicAddress(address)).toBe(false));
});
