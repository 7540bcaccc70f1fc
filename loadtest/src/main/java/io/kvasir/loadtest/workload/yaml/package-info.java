/** Workloads written as YAML: strict, so that a misspelt key is an error and not ignored. */
@NullMarked
package io.kvasir.loadtest.workload.yaml;

import org.jspecify.annotations.NullMarked;
