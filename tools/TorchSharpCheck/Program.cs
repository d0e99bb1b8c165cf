using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Reproduce.TorchSharpCheck;

// Proves, where the TorchSharp package cannot be had, that what runs over the binding in Implementation/Torch compiles unchanged
// against the package. From a list of the package's signatures a stub is generated. Core, Fixtures and Claims must compile
// against it, every call must mean the same overload as over the binding, and the binding must offer nothing beside the list.
if (args is not [var path] || !File.Exists(path))
{
    Console.Error.WriteLine("usage: dotnet run --project tools/TorchSharpCheck -- SIGNATURES.txt");
    return 2;
}

(string Folder, string Assembly)[] checkedProjects = [("Implementation/Core", "Reproduce.Core"), ("Fixtures", "Reproduce.Fixtures"), ("Claims", "Reproduce.Claims")];
var root = new DirectoryInfo(AppContext.BaseDirectory);
while (!File.Exists(Path.Combine(root.FullName, "Reproduce.sln")))
{
    root = root.Parent ?? throw new DirectoryNotFoundException("Reproduce.sln is in no folder above the program");
}

var work = Path.Combine(root.FullName, "artifacts", "torchsharp-check");
var stub = Path.Combine(work, "TorchSharp", "TorchSharp.csproj");
var list = SignatureList.Read(path);
Directory.CreateDirectory(Path.GetDirectoryName(stub)!);
Update(Path.ChangeExtension(stub, ".cs"), list.Source());
Update(stub, """
    <Project Sdk="Microsoft.NET.Sdk">
      <PropertyGroup>
        <Nullable>annotations</Nullable>
        <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
        <WarningLevel>0</WarningLevel>
        <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
        <RunAnalyzers>false</RunAnalyzers>
        <EnforceCodeStyleInBuild>false</EnforceCodeStyleInBuild>
        <GenerateDocumentationFile>false</GenerateDocumentationFile>
      </PropertyGroup>
    </Project>
    """);

var errors = Build("stub", stub);
errors.AddRange(Build("binding", Path.Combine(root.FullName, "Implementation", "Torch", "Torch.csproj"), "-p:RunAnalyzers=false"));
if (errors.Count == 0)
{
    foreach (var project in checkedProjects)
    {
        var (over, against) = (Called("binding", project.Assembly), Called("stub", project.Assembly));
        errors.AddRange(over.Except(against).Select(call => $"{project.Folder}: calls over the binding, and not against TorchSharp: {call}"));
        errors.AddRange(against.Except(over).Select(call => $"{project.Folder}: calls against TorchSharp, and not over the binding: {call}"));
    }
}

var (offered, listed) = (Library("binding", "Torch", "Reproduce.Torch"), Library("stub", "TorchSharp", "TorchSharp"));
if (File.Exists(offered) && File.Exists(listed))
{
    errors.AddRange(Surface.Of(Assembly.LoadFrom(offered)).Except(Surface.Of(Assembly.LoadFrom(listed))).Select(line => $"Implementation/Torch: not in the list: {line}"));
}

errors.ForEach(Console.WriteLine);
if (errors.Count > 0)
{
    return 1;
}

var files = checkedProjects.Sum(project => Directory.EnumerateFiles(Path.Combine(root.FullName, project.Folder), "*.cs", SearchOption.AllDirectories).Count());
Console.WriteLine($"{files} files of Core, Fixtures and Claims compile against TorchSharp's signatures ({list.Count} members listed)");
return 0;

// A file that has not changed keeps its time, so that the next run compiles no more than it must.
static void Update(string file, string text)
{
    if (!File.Exists(file) || File.ReadAllText(file) != text)
    {
        File.WriteAllText(file, text);
    }
}

string Library(string build, string project, string assembly) => Path.Combine(work, build, "bin", project, "release", assembly + ".dll");

string[] Called(string build, string assembly) => [.. Calls.Of(Library(build, "Claims", assembly))];

// The errors of building Claims, and with it Fixtures and Core, over a library: FILE(LINE,COLUMN): error CODE: TEXT, with the file
// relative to the root. A project that fails hides the errors of those that need it.
List<string> Build(string build, string library, params string[] more)
{
    string[] options = ["-c", "Release", "-nologo", "-v:quiet", "-clp:NoSummary", $"-p:ArtifactsPath={Path.Combine(work, build)}", "-p:TorchProvider=project", $"-p:TorchProject={library}", .. more];
    var start = new ProcessStartInfo("dotnet", ["build", "Claims/Claims.csproj", .. options]) { RedirectStandardOutput = true, WorkingDirectory = root.FullName };
    using var process = Process.Start(start)!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    var found = output.Split('\n')
        .Where(line => Regex.IsMatch(line, @"\berror\b( \w+)?\s*:"))
        .Select(line => Regex.Replace(line.Trim(), @" \[[^\]]+\]$", "").Replace(root.FullName + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))
        .Distinct()
        .ToList();
    return process.ExitCode == 0 || found.Count > 0 ? found : [$"the build over the {build} failed:\n{output}"];
}
