//go:build !race

package xtally_test

const raced = false
