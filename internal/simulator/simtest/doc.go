// Package simtest lets tests and benchmarks of other packages run against the
// simulator: worlds of any size, and real HTTP in memory.
//
// What enters is a number of accounts and links; what leaves is a
// [simulator.World], or a server with a client that reaches it. The one
// promise: the same arguments make the same world, byte for byte.
package simtest
