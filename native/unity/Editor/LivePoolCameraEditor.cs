using UnityEditor;
using UnityEngine;

namespace LivePool.Unity.Editor
{
    /// <summary>The component's fields, presets to click, and while it runs where it does and the feature maps.</summary>
    [CustomEditor(typeof(LivePoolCamera))]
    public sealed class LivePoolCameraEditor : UnityEditor.Editor
    {
        private static readonly string[] Presets =
            { "edge24", "edge24-avg", "sobel", "scharr", "gaussian", "sharpen", "emboss", "outline", "identity", "cnn" };

        /// <inheritdoc/>
        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            var camera = (LivePoolCamera)target;
            int chosen = EditorGUILayout.Popup("Preset", System.Array.IndexOf(Presets, camera.Pipeline), Presets);
            if (chosen >= 0 && Presets[chosen] != camera.Pipeline)
            {
                Undo.RecordObject(camera, "Choose a LivePool preset");
                camera.Pipeline = Presets[chosen];
                EditorUtility.SetDirty(camera);
            }
            if (camera.Output == null)
                return;
            EditorGUILayout.LabelField("Runs on", camera.IsOnGpu ? "GPU" : "CPU");
            Rect area = GUILayoutUtility.GetAspectRect((float)camera.Output.width / camera.Output.height);
            EditorGUI.DrawPreviewTexture(area, camera.Output);
            Repaint();
        }
    }
}
