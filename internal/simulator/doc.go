// Package simulator is a server that behaves like the service.
package simulator
