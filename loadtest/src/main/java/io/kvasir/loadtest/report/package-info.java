/** What a run measured: recorders, the report as a value, and its forms as text, JSON and HTML. */
@NullMarked
package io.kvasir.loadtest.report;

import org.jspecify.annotations.NullMarked;
