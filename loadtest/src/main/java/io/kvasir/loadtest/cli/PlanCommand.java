package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;
import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.loadtest.sim.capacity.Capacity;
import io.kvasir.loadtest.sim.capacity.CapacityReport;
import io.kvasir.loadtest.sim.capacity.Fleet;
import io.kvasir.loadtest.sim.capacity.FleetSearch;
import io.kvasir.loadtest.sim.capacity.MixCapacity;
import io.kvasir.loadtest.sim.capacity.MixReport;
import io.kvasir.loadtest.sim.capacity.PlanReport;
import io.kvasir.loadtest.sim.capacity.SloClass;
import io.kvasir.loadtest.sim.device.DeviceProfile;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.ModelShapes;
import io.kvasir.loadtest.sim.device.Roofline;
import io.kvasir.loadtest.sim.engine.PlanCost;
import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.engine.SimulationFailedException;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what a device carries, and how many a workload needs. */
@Command(
    name = "plan",
    description = {
      "Say how many requests of a size a device carries, and what they take: KV memory, prefill,"
          + " decode and context switch by arithmetic.",
      "With --slo, for a mix of requests with different targets, in one batch or apart.",
      "With --workload, also find by simulation how many devices serve it within the targets."
    },
    footer = {
      "",
      "Devices: a10, a100, h100, h200. Models: llama-3-8b, llama-2-7b, qwen2.5-32b, llama-3-70b,",
      "stories260k, or a GGUF file.",
      "",
      "Exit codes: 0 done, 1 the workload or a file cannot be used, 2 called wrongly.",
      "",
      "Examples:",
      "  kvasir plan --model llama-3-8b --device a10,a100 --input 1000,8000 \\",
      "    --output 250 --ttft-ms 2000 --tbt-ms 50",
      "  kvasir plan --model llama-3-8b --device a100 --slo 0.3@500:30,0.7@5000:200",
      "  kvasir plan --model llama-3-8b --device a100 --ttft-ms 2000 --tbt-ms 50 \\",
      "    --workload trace:azure2023_conv.csv.gz --attainment 0.99"
    },
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  private static final double GIGA = 1e9;
  private static final int TOKENS_MAX = 1 << 24;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME|FILE",
      description = "The model's shape, or a GGUF file.")
  private String model = "";

  @Option(
      names = "--device",
      required = true,
      split = ",",
      paramLabel = "NAME",
      description = "The device; several give several rows. NxNAME: N of them as one, 2xh100.")
  private List<String> devices = new ArrayList<>();

  @Option(
      names = "--input",
      split = ",",
      paramLabel = "N",
      description = "Tokens of a prompt, 1 to 16777216; several give several rows (default: 1000).")
  private List<Integer> inputs = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "N",
      description = "Tokens of an answer, 1 to 16777216 (default: ${DEFAULT-VALUE}).")
  private int output = 250;

  @Mixin private SloOptions slo;

  @Option(
      names = "--memory-share",
      paramLabel = "F",
      description = "Share of the device's memory that is used (default: ${DEFAULT-VALUE}).")
  private double memoryShare = 0.9;

  @Option(
      names = "--reserve-gb",
      paramLabel = "F",
      description = "Memory kept free for activations, GB (default: ${DEFAULT-VALUE}).")
  private double reserveGb = 1;

  @Option(
      names = {"--workload", "--trace"},
      paramLabel = "WORKLOAD",
      description =
          "Find how many of the first device this needs: a bundled workload, a YAML file, or"
              + " trace:FILE. --trace takes the file itself too.")
  private @Nullable String workload;

  @Option(
      names = "--attainment",
      paramLabel = "F",
      description =
          "Share of requests within their targets that --workload asks for (default:"
              + " ${DEFAULT-VALUE}).")
  private double attainment = 0.99;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Only this much of the workload, such as 10m (default: all of it).")
  private @Nullable Duration duration;

  @Option(
      names = "--max-devices",
      paramLabel = "N",
      description = "Most devices that are tried, 1 to 4096 (default: ${DEFAULT-VALUE}).")
  private int maxDevices = 256;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides all randomness of the workload (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write assumptions and rows to this file as one JSON object.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    check();
    try {
      PlanReport report = report(shape());
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text());
      out.flush();
      OutputFiles.write("--json", json, report.json());
      return ExitCode.OK;
    } catch (WorkloadException | SimulationFailedException | IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private PlanReport report(ModelShape shape) {
    List<MixCapacity> mixes = mixes(shape);
    if (slo.isMix()) {
      return new MixReport(memoryShare, reserveBytes(), mixes);
    }
    List<Capacity> rows = mixes.stream().map(MixCapacity::shared).toList();
    Fleet fleet = workload == null ? null : fleet(shape, device(devices.getFirst()), workload);
    return new CapacityReport(slo.pair(), memoryShare, reserveBytes(), rows, fleet);
  }

  private List<MixCapacity> mixes(ModelShape shape) {
    List<SloClass> classes = slo.classes();
    List<MixCapacity> mixes = new ArrayList<>();
    for (String name : devices) {
      DeviceProfile device = device(name);
      for (int input : inputs.isEmpty() ? List.of(1000) : inputs) {
        mixes.add(
            MixCapacity.of(classes, shape, device, input, output, memoryShare, reserveBytes()));
      }
    }
    return mixes;
  }

  private void check() {
    within(spec, "--output", output, 1, TOKENS_MAX);
    inputs.forEach(input -> within(spec, "--input", input, 1, TOKENS_MAX));
    slo.check(workload != null);
    require(spec, memoryShare > 0 && memoryShare <= 1, "--memory-share is above 0 and at most 1.");
    require(spec, reserveGb >= 0 && reserveGb <= 1e6, "--reserve-gb is 0 to 1000000.");
    require(spec, attainment > 0 && attainment <= 1, "--attainment is above 0 and at most 1.");
    within(spec, "--max-devices", maxDevices, 1, 4096);
    OutputFiles.check(spec, "--json", json);
  }

  private long reserveBytes() {
    return Math.round(reserveGb * GIGA);
  }

  private ModelShape shape() {
    if (!model.endsWith(".gguf")) {
      return ModelShapes.find(model)
          .orElseThrow(() -> unknown("--model", model, ModelShapes.names()));
    }
    try (ModelFile file = ModelFile.open(Path.of(model))) {
      return ModelShape.of(file);
    } catch (ModelFormatException e) {
      throw new ParameterException(spec.commandLine(), "--model: " + e.getMessage(), e);
    }
  }

  private DeviceProfile device(String name) {
    String[] parts = name.matches("\\d{1,4}x.+") ? name.split("x", 2) : new String[] {"1", name};
    require(spec, !parts[0].matches("0+"), "--device: at least one " + parts[1] + ".");
    return DeviceProfile.find(parts[1])
        .orElseThrow(() -> unknown("--device", parts[1], DeviceProfile.names()))
        .times(Integer.parseInt(parts[0]));
  }

  private ParameterException unknown(String option, String name, List<String> known) {
    return new ParameterException(
        spec.commandLine(),
        "%s: '%s' is not one of %s.".formatted(option, name, String.join(", ", known)));
  }

  private Fleet fleet(ModelShape shape, DeviceProfile device, String name) {
    Workload load = Workloads.find(traceFile(name));
    SimSetup setup = setup(shape, device);
    long nanos =
        duration != null
            ? duration.toNanos()
            : load.duration().map(Duration::toNanos).orElse(Long.MAX_VALUE);
    Shaping shaping = new Shaping(1, 1, Long.MAX_VALUE, nanos, setup.contextTokens(), Set.of());
    PrintWriter err = spec.commandLine().getErr();
    FleetSearch search =
        new FleetSearch(
            setup,
            load,
            shaping,
            seed,
            attainment,
            tried ->
                err.printf(
                    Locale.ROOT,
                    "%d x %s: %.2f %% within targets%n",
                    tried.devices(),
                    device.name(),
                    100 * tried.attainment()));
    return search.find(device.name(), maxDevices);
  }

  /* --trace FILE means trace:FILE; names of workloads and YAML files are left as they are. */
  private static String traceFile(String name) {
    boolean plain = name.matches("(?s).*\\.(csv|jsonl)(\\.gz)?");
    return plain && !name.startsWith("trace:") ? "trace:" + name : name;
  }

  private SimSetup setup(ModelShape shape, DeviceProfile device) {
    int blockTokens = BlockGeometry.DEFAULT_BLOCK_TOKENS;
    try {
      return new SimSetup(
          device.name(),
          shape,
          new Roofline(shape, device),
          blockTokens,
          device.kvBlocks(shape, blockTokens, memoryShare, reserveBytes()),
          List.of(),
          CopyStyle.GROUPS,
          SchedulerConfig.builder().limits(1_000_000, 256, 512).build(),
          PlanCost.KVASIR,
          new Promises(Map.of(), slo.pair()),
          SessionPacing.OPEN,
          SimSetup.Timing.DEFAULT,
          false);
    } catch (IllegalArgumentException e) {
      throw new WorkloadException(String.valueOf(e.getMessage()), e);
    }
  }
}
