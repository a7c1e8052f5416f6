// Package simtest helps tests and benchmarks of other packages to run against
// the simulator: worlds of any size, and real HTTP over memory.
//
// What enters is a number of accounts and links; what leaves is a
// [simulator.World], or a server with a client that reaches it. The one
// promise: the same arguments make the same world, byte for byte.
package simtest
