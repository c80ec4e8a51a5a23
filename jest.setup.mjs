// In CI the property tests try the same inputs every time: a change is judged by what it changed, not by luck. Everywhere else
// they try new ones with every run; a counterexample that they find becomes a case of its own.
if (process.env.CI === "true") {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({ seed: 20_261_122 });
}
