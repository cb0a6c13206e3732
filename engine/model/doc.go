// Package model holds the words of the house: tenants, resources, items,
// snapshots, runs and jobs. It imports the standard library only, so every
// other package may speak it. It decides nothing and stores nothing.
package model
